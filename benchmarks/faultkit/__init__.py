"""Faults made on purpose in the real content, to see which of them the checks find.

``snapshot`` holds the sources in memory and runs the engine on them; ``spots`` finds what can be
changed; ``page_faults`` and ``data_faults`` change it; ``good_edits`` holds changes that are right
and must be left alone; ``scoring`` counts.
"""
