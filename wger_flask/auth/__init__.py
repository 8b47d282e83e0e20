"""Know who is asking: accounts, credentials, and what each may do."""
