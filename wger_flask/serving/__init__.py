"""How requests arrive and answers leave, below the application: what a proxy in front would otherwise do.

Knows HTTP as bytes and gunicorn; does not know the application.
"""
