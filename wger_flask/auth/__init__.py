"""Know who is asking: accounts, credentials, and what each may do.

:mod:`.extension` brings it all into an application, :mod:`.schemes` tells who sends a request,
:mod:`.accounts` makes and changes accounts, with or without a request.
"""
