"""The application for a WSGI server: ``gunicorn wsgi:app``."""

from wger_flask.app import create_app

app = create_app()
