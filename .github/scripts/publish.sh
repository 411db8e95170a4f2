#!/usr/bin/env bash
# Adds the built site to the branch it is served from, every released version kept,
# and lays the whole branch out in $PAGES for the deployment. Wants GH_TOKEN.
set -euo pipefail

branch="${PAGES_BRANCH:-gh-pages}"

gh auth setup-git
for attempt in 1 2 3; do
  # Another run may have added to the branch in between; each attempt builds on what is there.
  .venv/bin/livingreview publish --branch "$branch" --remote origin --push && break
  test "$attempt" -lt 3
  sleep "${PAUSE:-10}"
done
git fetch --quiet origin "$branch"
rm -rf "$PAGES"
mkdir -p "$PAGES"
git archive FETCH_HEAD | tar -x -C "$PAGES"
test -f "$PAGES/index.html"
