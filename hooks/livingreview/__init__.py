"""The engine of a bilingual, living, audited edition of a review.

The review is data before it is pages: :func:`livingreview.loading.load_review`
reads chapters, bibliography and data files into frozen dataclasses, the
``check_*`` functions say what is wrong with them, the ``render_*`` and
``export_*`` functions turn them into what readers get. Nothing in this package
imports the site generator, and nothing in it knows what the review is about.
"""
