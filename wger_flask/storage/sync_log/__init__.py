"""Keep the log of changes from which phones sync, and from which events are told.

* :mod:`.specification` says which tables and columns are in it, the only place that does; :mod:`.nodes` works out from
  models what follows.
* :mod:`.installing` makes the tables of the log and the triggers that mark what changes.
* :mod:`.sequencer` turns marks into operations with rising numbers; :mod:`.buckets` says for whom.
* :mod:`.reading` answers what a phone's checkpoint asks; :mod:`.numbers` keeps the numbers by which its writes are
  acknowledged.
* :mod:`.compaction` drops what no phone needs any more.

What databases answer differently is asked of ``database.dialect.sync_log`` (:mod:`..dialects.sync_log`).
"""
