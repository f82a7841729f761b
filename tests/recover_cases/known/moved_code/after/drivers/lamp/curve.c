#include "lamp.h"

static const struct lamp_curve curves[] = {
	{ 0,   0x00,  "off"    },
	{ 1,   0x1f,  "low"    },
	{ 15,  0xff,  "bright" },
};

int lamp_curve(int level)
{
	return curves[level].value;
}
