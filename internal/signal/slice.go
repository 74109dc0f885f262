// SPDX-License-Identifier: Apache-2.0

package signal

// movable is an element of a pdata slice.
type movable[E any] interface {
	MoveTo(dest E)
}

// slice is what all pdata slices have in common.
type slice[S any, E movable[E]] interface {
	Len() int
	At(i int) E
	AppendEmpty() E
	EnsureCapacity(n int)
	MoveAndAppendTo(dest S)
	RemoveIf(remove func(E) bool)
}

// moveFirst moves the first n elements of src to dst, which must be empty. A
// pdata slice is only ever given away as a whole, and moving a single element
// allocates a new one, so the fewer elements are moved one by one: those that
// go or those that stay.
func moveFirst[S slice[S, E], E movable[E]](src, dst S, n int) {
	stay := src.Len() - n
	switch {
	case n == 0:
	case stay == 0:
		src.MoveAndAppendTo(dst)
	case n <= stay:
		dst.EnsureCapacity(n)
		i := 0
		src.RemoveIf(func(e E) bool {
			if i++; i > n {
				return false
			}
			e.MoveTo(dst.AppendEmpty())
			return true
		})
	default:
		src.MoveAndAppendTo(dst)
		src.EnsureCapacity(stay)
		i := 0
		dst.RemoveIf(func(e E) bool {
			if i++; i <= n {
				return false
			}
			e.MoveTo(src.AppendEmpty())
			return true
		})
	}
}
