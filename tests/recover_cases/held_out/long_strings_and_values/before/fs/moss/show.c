static int moss_show(struct seq_file *file, void *unused)
{
	struct moss *moss = file->private;

	seq_puts(file, "moss\n");
	return 0;
}
