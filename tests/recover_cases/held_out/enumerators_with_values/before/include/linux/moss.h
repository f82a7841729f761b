enum moss_state {
	MOSS_DRY	= 0,
	MOSS_WET	= 1,
};
