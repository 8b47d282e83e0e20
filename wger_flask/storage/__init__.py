"""Know databases, so that nothing above has to.

Every file outside this package speaks of models, selections and moments in time; which
database holds them, how it spells a UUID and what it locks is decided here and in
:mod:`wger_flask.storage.dialects`.
"""
