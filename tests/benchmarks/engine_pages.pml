/*
 * engine_pages.c by hand for SPIN: the same threads and the same steps, an
 * access of the C a statement here, a primitive one atomic statement. Pages are
 * numbers, HEAD is the owner's list head; 255 is the null link.
 */
#ifndef PAGES
#define PAGES 2
#endif
#ifndef MOVERS
#define MOVERS 2
#endif
#define ALL (PAGES + MOVERS)
#define HEAD ALL
#define NONE 255

byte next[ALL + 1], prev[ALL + 1];
byte count[ALL];
bit locked[ALL], movable[ALL], isolated[ALL], mapping[ALL], private[ALL];
byte lock, outer;
byte number_isolated, taken;
byte done;

inline get_unless_zero(p, ok) {
	d_step { ok = (count[p] != 0); if :: ok -> count[p]++ :: else fi }
}

inline put(p) {
	d_step {
		assert(count[p] > 0);
		count[p]--;
		if
		:: count[p] == 0 ->
			assert(!mapping[p]);
			locked[p] = 0; movable[p] = 0; isolated[p] = 0
		:: else
		fi
	}
}

inline list_add(p) {
	d_step {
		assert(next[p] == NONE);
		next[p] = next[HEAD]; prev[p] = HEAD;
		prev[next[HEAD]] = p; next[HEAD] = p
	}
}

inline list_del(p) {
	d_step {
		assert(next[p] != NONE);
		prev[next[p]] = prev[p]; next[prev[p]] = next[p];
		next[p] = NONE; prev[p] = NONE
	}
}

inline take_lock(l) { atomic { l == 0 -> l = _pid + 1 } }
inline test_and_set_locked(p, was) { d_step { was = locked[p]; locked[p] = 1 } }

/* x = x + 1 in C: a read, then a write */
inline add(x, by) { value = x; x = value + by }

inline isolate(p, ok) {
	get_unless_zero(p, ok);
	if
	:: !ok
	:: else ->
		seen = movable[p];
		if
		:: seen -> test_and_set_locked(p, seen); seen = !seen
		:: else
		fi;
		if
		:: !seen -> put(p); ok = 0
		:: else ->
			seen = movable[p];
			if
			:: seen -> seen = !isolated[p]
			:: else
			fi;
			if
			:: !seen -> locked[p] = 0; put(p); ok = 0
			:: else ->
				take_lock(lock);
				list_del(p);
				add(number_isolated, 1);
				lock = 0;
				isolated[p] = 1;
				locked[p] = 0
			fi
		fi
	fi
}

inline lock_spinning(p) {
	do
	:: test_and_set_locked(p, seen);
		if
		:: seen
		:: else -> break
		fi
	od
}

inline put_back(p) {
	lock_spinning(p);
	take_lock(lock);
	add(number_isolated, -1);
	list_add(p);
	lock = 0;
	isolated[p] = 0;
	locked[p] = 0;
	put(p)
}

inline replace(old, new) {
	lock_spinning(old);
	count[new] = 1;
	value = mapping[old]; mapping[new] = value;
	value = private[old]; private[new] = value;
	take_lock(lock);
	add(number_isolated, -1);
	list_add(new);
	lock = 0;
	movable[new] = 1;
	mapping[old] = 0;
	private[old] = 0;
	movable[old] = 0;
	isolated[old] = 0;
	locked[old] = 0;
	put(old);
	put(old)
}

proctype mover(byte spare) {
	byte i, value;
	bool ok, seen;

	do
	:: i < PAGES ->
		isolate(i, ok);
		if
		:: !ok
		:: ok && spare != NONE -> replace(i, spare); spare = NONE
		:: else -> put_back(i)
		fi;
		i++
	:: else -> break
	od;
	done++
}

proctype owner() {
	byte p, value;
	bool seen;

	take_lock(outer);
	take_lock(lock);
	p = next[HEAD];
	if
	:: p == HEAD
	:: else ->
		p = next[HEAD];
		test_and_set_locked(p, seen);
		if
		:: seen
		:: else ->
			list_del(p);
			mapping[p] = 0;
			movable[p] = 0;
			locked[p] = 0;
			add(taken, 1);
			put(p)
		fi
	fi;
	lock = 0;
	outer = 0;
	done++
}

init {
	byte n;

	d_step {
		next[HEAD] = HEAD; prev[HEAD] = HEAD;
		n = 0;
		do
		:: n < ALL -> next[n] = NONE; prev[n] = NONE; n++
		:: else -> break
		od;
		n = 0;
		do
		:: n < PAGES ->
			count[n] = 1; movable[n] = 1; mapping[n] = 1;
			next[n] = next[HEAD]; prev[n] = HEAD;
			prev[next[HEAD]] = n; next[HEAD] = n;
			n++
		:: else -> break
		od
	}
	atomic {
		n = 0;
		do
		:: n < MOVERS -> run mover(PAGES + n); n++
		:: else -> break
		od;
		run owner()
	}
	done == MOVERS + 1;
	assert(number_isolated == 0)
}
