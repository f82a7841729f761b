#!/bin/sh

for file in "$@"; do
	if [ ! -f "$file" ]; then
		echo "no such file: $file"
		exit 1
	fi
done
