// SPDX-License-Identifier: Apache-2.0

package failure

// Left returns the data that err says was not taken, as consumererror.Traces and its siblings do for what they are
// of. It is of no use where err stands for several failures, as that of a fan-out to several exporters does: what one
// of them has left over says nothing of the others.
func Left[D any](err error) (left D, ok bool) {
	for err != nil {
		if partial, ok := err.(interface{ Data() D }); ok {
			return partial.Data(), true
		}
		if several, ok := failures(err); ok {
			if len(several) != 1 {
				return left, false
			}
			err = several[0]
			continue
		}
		wrapped, ok := err.(interface{ Unwrap() error })
		if !ok {
			return left, false
		}
		err = wrapped.Unwrap()
	}
	return left, false
}
