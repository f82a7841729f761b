#ifdef CONFIG_MOSS_DEBUG
static void moss_check(struct moss *moss)
{
	WARN_ON(!moss->roots);
#ifdef CONFIG_MOSS_TREE
	if (moss->tree) {
#else
	if (moss->stone) {
#endif
		moss_dump(moss);
	}
}
#else
static inline void moss_check(struct moss *moss)
{
}
#endif
