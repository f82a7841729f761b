struct moss_flags {
	unsigned int	growing:1;
	unsigned int	dying:1;
};
