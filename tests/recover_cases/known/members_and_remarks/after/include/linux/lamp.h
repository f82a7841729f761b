struct lamp {
	struct device	*dev;		/* who owns it */
	unsigned int	level;		/* 0 is off */
	unsigned int	highest;	/* as the maker says */
	char		*name;
	bool		broken;
};
