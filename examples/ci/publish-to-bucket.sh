#!/bin/sh
# The report at an address that stays, in a bucket: run it after `okrsync sync --output okr-report`.
#
#   PAGE_BUCKET=s3://YOUR-BUCKET/okrs sh publish-to-bucket.sh      # Amazon S3, by the command aws
#   PAGE_BUCKET=gs://YOUR-BUCKET/okrs sh publish-to-bucket.sh      # Google Cloud Storage, by the command gcloud
#
# The page holds issue titles: block public access on the bucket, and let people in by your own sign-in in front of it.
# No access is granted here; the object has the bucket's own.
set -eu
: "${PAGE_BUCKET:?set it, as in s3://YOUR-BUCKET/okrs}"
page=${1:-okr-report/report.html}
if [ ! -f "$page" ]; then
  echo "There is no $page. Nothing was published." >&2
  exit 1
fi
type="text/html; charset=utf-8"
case $PAGE_BUCKET in
  *YOUR-BUCKET*)
    echo "PAGE_BUCKET still names YOUR-BUCKET. Nothing was published." >&2
    exit 2 ;;
  s3://*) aws s3 cp "$page" "${PAGE_BUCKET%/}/index.html" --content-type "$type" --cache-control no-cache ;;
  gs://*) gcloud storage cp "$page" "${PAGE_BUCKET%/}/index.html" --content-type "$type" --cache-control no-cache ;;
  *)
    echo "PAGE_BUCKET begins with s3:// or gs://. Nothing was published." >&2
    exit 2 ;;
esac
