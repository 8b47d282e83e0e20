"""Profile for a server behind one reverse proxy that ends TLS.

The defaults are safe without it; it adds what a proxy in front makes true.
"""

NUMBER_OF_PROXIES = 1
SESSION_COOKIE_SECURE = True
