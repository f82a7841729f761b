enum moss_state {
	MOSS_DRY	= 0,
	MOSS_WET	= 1,
	MOSS_FROZEN	= 2,
	MOSS_STATES
};

struct moss_colour {
	u8 red;
	u8 green;
};
