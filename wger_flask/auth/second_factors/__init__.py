"""Ask for more than a password: one-time codes of an app, and recovery codes for a user who has lost it.

What is stored is what django-allauth stores, in wger's own table ``mfa_authenticator``: accounts move both ways with
their second factor.  :mod:`.totp` and :mod:`.recovery_codes` read and make the column ``data``, :mod:`.authenticators`
proves codes, :mod:`.changes` sets up and removes.
"""
