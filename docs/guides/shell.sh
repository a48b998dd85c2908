# The words of the guides, for bash and zsh. From the repository's folder, beside a running server:  . docs/guides/shell.sh
#
#   get PATH              a GET below /api/v1
#   post PATH KEY [BODY]  a POST under an Idempotency-Key
#   put PATH BODY · patch PATH BODY
#   … | show FIELD…       the fields of an answer, by their paths: show id lines.0.amount
#   … | pick FIELD        one field's bare value, to keep in a variable
#   … | table LIST FIELD… a list of an answer as a table: table 'sections.*.rows' code name

pick() { node docs/guides/json.mjs pick "$@"; }
show() { node docs/guides/json.mjs show "$@"; }
table() { node docs/guides/json.mjs table "$@"; }

# A started server says where it is and what its sandbox key is. One elsewhere: set BASE and KEY yourself.
SERVER=${COUNTINGHOUSE_DATA:-.countinghouse}/server.json
[ -f "$SERVER" ] || echo "$SERVER is not there: start the server with npm start, and stand in the repository's folder." >&2
BASE=$(pick baseUrl < "$SERVER")/api/v1
KEY=$(pick sandbox.key < "$SERVER")

get() { curl -sS "$BASE$1" -H "X-API-Key: $KEY"; }
put() { curl -sS -X PUT "$BASE$1" -H "X-API-Key: $KEY" -H 'Content-Type: application/json' -d "$2"; }
patch() { curl -sS -X PATCH "$BASE$1" -H "X-API-Key: $KEY" -H 'Content-Type: application/json' -d "$2"; }
post() {
  if [ $# -gt 2 ]; then
    curl -sS "$BASE$1" -H "X-API-Key: $KEY" -H "Idempotency-Key: $2" -H 'Content-Type: application/json' -d "$3"
  else
    curl -sS -X POST "$BASE$1" -H "X-API-Key: $KEY" -H "Idempotency-Key: $2"
  fi
}
