// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

// refusedParts gives back what was refused of a request that had been taken apart, so that whoever sends it again has
// that to send, and nothing that is on its way already.
func (b *buffer[D]) refusedParts(r request[D], refused []request[D]) {
	merger := b.signal.NewMerger(false)
	for _, part := range refused {
		if part.data == r.data { // it never was taken apart
			b.release(part)
			return
		}
		_ = merger.Add(part.data) // only profiles that make no sense fail, and those nobody needs to send again
		b.unref(part.data)
	}
	moveTo(merger.Take(), r.data)
}

// moveTo replaces what is in dest.
func moveTo[D any](data, dest D) { any(data).(interface{ MoveTo(dest D) }).MoveTo(dest) }

// release gives up the reference that was taken for a request which belongs to its sender.
func (b *buffer[D]) release(r request[D]) {
	if r.kept {
		b.unref(r.data)
	}
}
