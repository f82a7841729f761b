static int moss_show(struct seq_file *file, void *unused)
{
	struct moss *moss = file->private;
	unsigned long size = moss->width * moss->height +
			     moss->margin;

	seq_puts(file, "moss\n");
	seq_printf(file,
		   "size %lu, state %d, roots %u\n",
		   size, moss->state, moss->roots);
	return moss_is_dead(moss) ? -ENODEV : moss_show_neighbours(file, moss->left,
								   moss->right);
}
