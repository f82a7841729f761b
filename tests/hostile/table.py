"""What a stranger may send to do harm, each named after what it tries, and what must come of it.

Every case is run in a World (see test_hostile_series, and benchmarks/hostile_series
for time and memory): it ends with the exit code given, says what is given, and
changes nothing but what is in `writes`. Sizes are those at which a reader that
takes quadratic time or copies everything would not end.
"""

from tests.hostile.code import RUNS
from tests.hostile.files import BINARIES, COUNTS, LINKED, PATHS
from tests.hostile.mails import MIME

HOSTILE = {**PATHS, **LINKED, **COUNTS, **MIME, **BINARIES, **RUNS}
