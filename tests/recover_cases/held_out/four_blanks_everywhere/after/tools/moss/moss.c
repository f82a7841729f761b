#include <stdio.h>

int main(int argc, char **argv)
{
    int i;

    if (argc < 2) {
        fprintf(stderr, "usage: moss FILE\n");
        return 2;
    }
    for (i = 1; i < argc; i++) {
        if (grow(argv[i])) {
            perror(argv[i]);
            return 1;
        }
    }
    return 0;
}
