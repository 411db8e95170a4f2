#!/usr/bin/env bash
# Announces the release of a tag with the part of CHANGELOG.md that is about it. Wants GH_TOKEN.
# Run twice, it leaves the first announcement as it is.
set -euo pipefail

tag="$1"
version="${tag#v}"
notes="$(mktemp)"

if gh release view "$tag" > /dev/null 2>&1; then
  echo "$tag is announced already."
  exit 0
fi
awk -v version="$version" '
  /^## / { inside = ($2 == version); next }
  inside
' CHANGELOG.md > "$notes"
if ! grep -q '[^[:space:]]' "$notes"; then
  echo "::error file=CHANGELOG.md::nothing is said about version $version."
  exit 1
fi
tar --create --gzip --file "site-$version.tar.gz" --directory site "v/$version"
gh release create "$tag" --verify-tag --title "$version" --notes-file "$notes" "site-$version.tar.gz"
