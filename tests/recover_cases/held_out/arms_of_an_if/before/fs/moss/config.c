#ifdef CONFIG_MOSS_DEBUG
static void moss_check(struct moss *moss)
{
	WARN_ON(!moss->roots);
}
#endif
