"""The shell script that stands where git looks for a hook."""

from shlex import quote

MARK = "# written by kpt hook install"
"""How the second line of the script begins, now and in every older version."""

# A hook that stood there before has its standard input byte for byte. Python
# looks for no module in the work tree (-P). Whatever else than an answer of
# kpt's comes out, a crash or a kpt that is gone, stops nothing unless strict.
_TEMPLATE = """\
#!/bin/sh
{mark}; kpt hook uninstall takes it away
python={python}
earlier=$(dirname -- "$0")/{chained}
if [ -f "$earlier" ] && [ -x "$earlier" ]; then
{chain}
fi
if [ -x "$python" ]; then
	"$python" -P -c '
import sys
try:
    from kpatch_tools.cli import main
except ImportError as error:
    print("kpt:", error, file=sys.stderr)
    sys.exit(70)
main()' hook run {option} -- "$@"
	code=$?
	case $code in 0 | 1 | 130) exit $code ;; esac
else
	echo "kpt: $python is gone" >&2
fi
echo "kpt: nothing was verified; kpt hook install mends the hook, kpt hook uninstall removes it" >&2
[ "$(git config --type=bool --get kpt.hook.strict)" != true ]
"""
_CHAIN = '	"$earlier" "$@" || exit'
_CHAIN_OF_INPUT = """\
	input=$(mktemp) || exit
	cat >"$input"
	exec 3<"$input" 4<"$input"
	rm -f -- "$input"
	"$earlier" "$@" <&3 3<&- 4<&- || exit
	exec <&4 3<&- 4<&-"""


def script(hook: str, chained: str, python: str) -> str:
    """The script of a hook; `chained` is the file beside it that it calls first."""
    return _TEMPLATE.format(
        mark=MARK,
        python=quote(python),
        chained=chained,
        chain=_CHAIN_OF_INPUT if hook == "pre-push" else _CHAIN,
        option=f"--{hook}",
    )


def is_ours(content: bytes) -> bool:
    """Whether some version of kpt wrote it."""
    return any(line.startswith(MARK.encode()) for line in content.splitlines()[1:2])
