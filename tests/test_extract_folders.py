"""Which folders of headers the Makefiles name for a file."""

import pytest
from memory_tree import MemoryTree
from small_models import built, request

from kpatch_tools.modelcheck.extract import TreeState, Workspace, extract
from kpatch_tools.modelcheck.extract.generated import include_folders


def test_headers_in_folders_that_the_makefile_names_are_found() -> None:
    files = {
        "fs/x/Makefile": "ccflags-y += -I$(src)/lib -Iother\n",
        "fs/x/lib/deep.h": "static inline int deep(void) { return 1; }\n",
        "other/wide.h": "static inline int wide(void) { return 1; }\n",
        "fs/x/x.c": '#include "deep.h"\n#include <wide.h>\n'
        "int run(void) { return deep() + wide(); }\n",
    }
    wanted = request({"fs/x/x.c": ("run",)})
    model = built(extract(TreeState(MemoryTree(files)), wanted, Workspace()))
    assert model.extraction.extracted == ("deep", "run", "wide")


@pytest.mark.parametrize(
    ("makefiles", "found"),
    [
        (
            {"drv/Makefile": "ccflags-y += -I$(src)/inc -I$(srctree)/lib/h\n"},
            ("drv/inc/", "lib/h/"),
        ),
        ({"drv/Makefile": "top = $(srctree)/drv\nccflags-y += -I$(top)/inc\n"}, ("drv/inc/",)),
        ({"Makefile": "", "drv/Makefile": "ccflags-y += \\\n\t-I $(src)/inc\n"}, ("drv/inc/",)),
        ({"drv/Makefile": "# Licence-Identifier: x -Iold\nflags += -Inew\n"}, ("new/",)),
        ({"drv/Makefile": "TOP ?= $(srctree)\nflags += -I $(TOP)/drv/inc\n"}, ("drv/inc/",)),
        ({"drv/Makefile": "X = $(X)$(X)\nccflags-y += -I$(X)\n"}, ()),
        ({"drv/Makefile": "ccflags-y += -I../../../etc\n"}, ()),
    ],
)
def test_folders_that_makefiles_name_for_a_file(
    makefiles: dict[str, str], found: tuple[str, ...]
) -> None:
    assert include_folders(MemoryTree(makefiles), "drv/core.c") == found


def test_folders_of_the_makefile_that_lists_the_file_and_what_is_passed_down() -> None:
    tree = MemoryTree(
        {
            "drv/Makefile": "subdir-ccflags-y += -I$(srctree)/$(src)\nccflags-y += -Iown\n",
            "drv/core/Makefile": "ccflags-y += -I$(src)/inc\n",
        }
    )
    assert include_folders(tree, "drv/core/main.c") == ("drv/core/inc/", "drv/")
    assert include_folders(tree, "drv/part/main.c") == ("drv/", "own/")
    tree = MemoryTree(
        {
            "drv/Kbuild": "ccflags-y += -I$(src)/inc\ninclude $(src)/part/Kbuild\n",
            "drv/part/Kbuild": "drv-y += part/main.o\n",
        }
    )
    assert include_folders(tree, "drv/part/main.c") == ("drv/inc/",)
