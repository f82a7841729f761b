static const struct {
	int		kind;
	const char	*name;
} moss_names[] = {
	{ MOSS_SPHAGNUM,	"sphagnum" },
	{ MOSS_PEAT,		"peat" },
};
