"""Describe the API: the OpenAPI document, its schemas, and what OPTIONS answers."""
