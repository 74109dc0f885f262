// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/load"
)

const (
	// requestPoints is how many points a request has at most.
	requestPoints = 100
	// arrangements is how many orders there are in which the points of a request stand.
	arrangements = 4
	// makers is how many goroutines make requests.
	makers = 2
)

// Source makes the requests of a scenario. Every round has every key once. A request has points of one resource,
// and a key is always in the same request of a round: of one scrape target, or of one SDK. The keys of a resource
// are spread over its requests at random. It is safe for concurrent use.
type Source[T any] struct {
	signal       Signal[T]
	arrangements [][]template
}

// template is an encoded request. Decoding it each time makes requests that share no memory, as receivers do.
type template struct {
	group   int
	encoded []byte
	keys    []Key
}

// NewSource encodes the requests of some rounds.
func NewSource[T any](signal Signal[T], keys, attributes, rounds int) (*Source[T], error) {
	all := groups(keys)
	s := &Source[T]{signal: signal, arrangements: make([][]template, min(rounds, arrangements))}
	for a := range s.arrangements {
		var err error
		if s.arrangements[a], err = arrange(signal, all, attributes, a); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// group is the keys of one request of each round.
type group struct {
	resource int
	keys     []int
}

// groups spreads the keys of each resource over requests at random.
func groups(keys int) []group {
	resources := min(max(keys/requestPoints, 1), load.Resources)
	var all []group
	for r := range resources {
		var own []int
		for key := r; key < keys; key += resources {
			own = append(own, key)
		}
		shuffle(rand.New(rand.NewPCG(1, uint64(r))), own)
		for some := range slices.Chunk(own, requestPoints) {
			all = append(all, group{r, some})
		}
	}
	return all
}

func shuffle(random *rand.Rand, keys []int) {
	random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
}

// arrange encodes one request of each group, with its points in another order for each seed.
func arrange[T any](signal Signal[T], all []group, attributes, seed int) ([]template, error) {
	templates := make([]template, len(all))
	err := inParallel(len(all), func(i int) error {
		keys := slices.Clone(all[i].keys)
		shuffle(rand.New(rand.NewPCG(uint64(seed), uint64(i))), keys)
		encoded, err := signal.Marshal(signal.Make(all[i].resource, keys, attributes))
		templates[i] = template{i, encoded, keysOf(keys)}
		return err
	})
	return templates, err
}

func keysOf(numbers []int) []Key {
	keys := make([]Key, len(numbers))
	for i, n := range numbers {
		keys[i] = Key{uint64(n+1) * 0x9e3779b97f4a7c15, uint64(n+1) * 0xc2b2ae3d27d4eb4f}
	}
	return keys
}

// Groups is how many requests a round has.
func (s *Source[T]) Groups() int { return len(s.arrangements[0]) }

// Requests makes the requests of some rounds, those of a round in random order.
func (s *Source[T]) Requests(rounds int, seed uint64) ([]Request[T], error) {
	random := rand.New(rand.NewPCG(seed, 0))
	var order []template
	for round := range rounds {
		all := s.arrangements[round%len(s.arrangements)]
		for _, i := range random.Perm(len(all)) {
			order = append(order, all[i])
		}
	}
	requests := make([]Request[T], len(order))
	err := inParallel(len(order), func(i int) error {
		data, err := s.signal.Unmarshal(order[i].encoded)
		if err != nil {
			return fmt.Errorf("decode a request template: %w", err)
		}
		s.signal.Stamp(data, i/s.Groups())
		requests[i] = Request[T]{data, order[i].group, order[i].keys}
		return nil
	})
	return requests, err
}

// inParallel calls do for 0 to n-1. Each maker does a contiguous part, so that requests lie in memory in about
// the order in which they are sent.
func inParallel(n int, do func(i int) error) error {
	errs := make([]error, makers)
	var wg sync.WaitGroup
	for m := range makers {
		wg.Go(func() {
			for i := n * m / makers; i < n*(m+1)/makers && errs[m] == nil; i++ {
				errs[m] = do(i)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
