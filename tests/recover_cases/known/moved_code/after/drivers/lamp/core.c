#include "lamp.h"

int lamp_count(void)
{
	return 1;
}
