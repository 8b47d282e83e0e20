"""Send e-mails by SMTP, or print them where no server is set.  The standard library is enough."""
