"""Vocabulary that every subject shares (languages, licences, units) and the people it is about."""
