struct lamp {
	struct device	*dev;		/* who owns it */
	unsigned int	level;		/* 0 is off */
	char		*name;
};
