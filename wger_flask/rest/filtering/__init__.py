"""Narrow and order lists by query parameters: values, filters, ordering."""
