#!/usr/bin/env bash
# Records new addresses and translations in step, and commits what that adds to main.
# Wants GH_TOKEN; tells the workflow `superseded=true` where another run will publish instead: that of a newer
# commit on main, or that of the version's tag which this very commit carries.
set -euo pipefail

branch="${BRANCH:-main}"
files=(data/urls.txt data/translations.yml)
output="${GITHUB_OUTPUT:-/dev/stdout}"

tag=$(git describe --exact-match --tags --match 'v[0-9]*' HEAD 2> /dev/null || true)
if [ -n "$tag" ] && [ "${GITHUB_EVENT_NAME:-push}" = push ]; then
  echo "::notice::this commit is version ${tag#v}; the workflow of its tag publishes it."
  echo "superseded=true" >> "$output"
  exit 0
fi

.venv/bin/livingreview record
git add -- "${files[@]}"
if git diff --cached --quiet; then
  echo "Nothing new to record."
  exit 0
fi

git config user.name "github-actions[bot]"
git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
git commit --quiet --message "Record new addresses and translations in step"
gh auth setup-git
if git push --quiet origin "HEAD:refs/heads/$branch"; then
  exit 0
fi

git fetch --quiet origin "$branch"
if [ "$(git merge-base HEAD FETCH_HEAD)" = "$(git rev-parse FETCH_HEAD)" ]; then
  echo "::error::main could not be pushed to. Allow this workflow to push, or run \`livingreview record\` by hand."
  exit 1
fi
echo "::notice::main has moved on; the run for its newest commit records and publishes."
echo "superseded=true" >> "$output"
