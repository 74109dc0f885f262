// SPDX-License-Identifier: Apache-2.0

package partbuffer

// Len returns how many items wait in the buffers; those in process are not among them.
func (q *Queue[T]) Len() int { return q.Stats().Waiting.Items }

// Held returns what the queue holds, waiting and in process, at the cost of two atomic loads.
func (q *Queue[T]) Held() Weight {
	if !q.running() {
		return Weight{}
	}
	return q.member.load()
}

// Partitions returns the number of partitions.
func (q *Queue[T]) Partitions() int { return len(q.parts) }

// Stats are the terms of a buffer's accounting: at any moment
// Accepted = Waiting + InFlight + Processed + Failed + Dropped, in both dimensions.
type Stats struct {
	// Accepted is what writes added; cutting an item in two may add bytes.
	Accepted Weight
	// Waiting is buffered, InFlight in the hands of Process.
	Waiting  Weight
	InFlight Weight
	// Processed is what Process returned nil for, Failed what it returned an error for or panicked over.
	Processed Weight
	Failed    Weight
	// Dropped gave way to newer items, or was given up by Shutdown.
	Dropped Weight
	// Refused is what writes returned an error for. It was never accepted.
	Refused Weight
}

// Plus returns the sum of s and o, term by term.
func (s Stats) Plus(o Stats) Stats {
	return Stats{
		Accepted: s.Accepted.plus(o.Accepted), Waiting: s.Waiting.plus(o.Waiting), InFlight: s.InFlight.plus(o.InFlight),
		Processed: s.Processed.plus(o.Processed), Failed: s.Failed.plus(o.Failed), Dropped: s.Dropped.plus(o.Dropped),
		Refused: s.Refused.plus(o.Refused),
	}
}

// Stats returns the accounting of all partitions. Each is read at one moment, one after the other.
func (q *Queue[T]) Stats() Stats {
	s := Stats{Refused: q.refused.load()}
	for _, p := range q.parts {
		s = s.Plus(p.stats())
	}
	return s
}
