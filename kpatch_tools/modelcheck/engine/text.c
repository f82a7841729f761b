/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory and text without a libc; output as lines of JSON on descriptor 1. */

void *memset(void *to, int byte, u64 size)
{
	u8 *at = to;

	__asm__ volatile("rep stosb" : "+D"(at), "+c"(size)
			 : "a"(byte) : "memory");
	return to;
}

void *memcpy(void *to, const void *from, u64 size)
{
	u8 *at = to;

	__asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size)
			 : : "memory");
	return to;
}

void *memmove(void *to, const void *from, u64 size)
{
	u8 *t = to;
	const u8 *f = from;

	if (t <= f || t >= f + size)
		return memcpy(to, from, size);
	while (size--)
		t[size] = f[size];
	return to;
}

int memcmp(const void *a, const void *b, u64 size)
{
	const u8 *p = a, *q = b;

	for (u64 i = 0; i < size; i++) {
		if (p[i] != q[i])
			return p[i] - q[i];
	}
	return 0;
}

static int same_text(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* Text that is being written; what does not fit is dropped. */
struct text {
	char *at, *end;		/* *end is kept for the final nul */
};

#define TEXT_IN(buffer) { (buffer), (buffer) + sizeof(buffer) - 1 }

static void put_char(struct text *t, char c)
{
	if (t->at < t->end)
		*t->at++ = c;
	*t->at = 0;
}

static void put_string(struct text *t, const char *s)
{
	for (s = s ? s : "(null)"; *s; s++)
		put_char(t, *s);
}

static void put_number(struct text *t, u64 n, u32 base)
{
	char digits[20];
	int count = 0;

	do
		digits[count++] = "0123456789abcdef"[n % base];
	while (n /= base);
	while (count)
		put_char(t, digits[--count]);
}

static void put_signed(struct text *t, long n)
{
	if (n < 0)
		put_char(t, '-');
	put_number(t, n < 0 ? -(u64)n : (u64)n, 10);
}

static void put_argument(struct text *t, char c, int wide, __builtin_va_list *a)
{
	if (c == 's') {
		put_string(t, __builtin_va_arg(*a, const char *));
	} else if (c == 'c') {
		put_char(t, (char)__builtin_va_arg(*a, int));
	} else if (c == 'd') {
		put_signed(t, wide ? __builtin_va_arg(*a, long)
				   : __builtin_va_arg(*a, int));
	} else if (c == 'p') {
		put_string(t, "0x");
		put_number(t, __builtin_va_arg(*a, u64), 16);
	} else if (c == 'u' || c == 'x') {
		put_number(t, wide ? __builtin_va_arg(*a, u64)
				   : __builtin_va_arg(*a, u32),
			   c == 'x' ? 16 : 10);
	} else {
		put_char(t, c);
	}
}

static void put_arguments(struct text *t, const char *format,
			  __builtin_va_list *arguments)
{
	for (; *format; format++) {
		int wide = 0;

		if (*format != '%') {
			put_char(t, *format);
			continue;
		}
		for (format++; *format == 'l'; format++)
			wide = 1;
		if (!*format)
			return;
		put_argument(t, *format, wide, arguments);
	}
}

__attribute__((format(printf, 2, 3)))
static void put(struct text *t, const char *format, ...)
{
	__builtin_va_list arguments;

	__builtin_va_start(arguments, format);
	put_arguments(t, format, &arguments);
	__builtin_va_end(arguments);
}

/* --- output --------------------------------------------------------------- */

static char out_buffer[16384];
static u32 out_used;

static void out_flush(void)
{
	u32 done = 0;

	while (done < out_used) {
		long n = system_call(SYS_write, 1, (long)out_buffer + done,
				     out_used - done, 0);

		if (n <= 0)
			break;
		done += (u32)n;
	}
	out_used = 0;
}

static void out_char(char c)
{
	if (out_used == sizeof(out_buffer))
		out_flush();
	out_buffer[out_used++] = c;
}

static void out_raw(const char *s)
{
	while (*s)
		out_char(*s++);
}

static void out_string(const char *s)
{
	out_char('"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			out_char('\\');
		out_char((u8)*s < 0x20 || (u8)*s > 0x7e ? '?' : *s);
	}
	out_char('"');
}

static void out_number(u64 n)
{
	char digits[24];
	struct text t = TEXT_IN(digits);

	put_number(&t, n, 10);
	out_raw(digits);
}

/* The value of a key of a JSON object that out_open() began. */
static void out_key(const char *key)
{
	out_raw(", ");
	out_string(key);
	out_raw(": ");
}

static void out_open(const char *event)
{
	out_raw("{\"event\": ");
	out_string(event);
}

static void out_close(void)
{
	out_raw("}\n");
	out_flush();
}

static void leave(int code) __attribute__((noreturn));

static void leave(int code)
{
	out_flush();
	for (;;)
		system_call(SYS_exit, code, 0, 0, 0);
}
