#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: moss FILE\n");
        return 2;
    }
    return 0;
}
