#!/bin/sh

grow() {
	case "$1" in
	*.moss)
		echo "growing $1"
		;;
	esac
}

for file in "$@"; do
	if [ ! -f "$file" ]; then
		echo "no such file: $file"
		exit 1
	fi
	grow "$file"
done
