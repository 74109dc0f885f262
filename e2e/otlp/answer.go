// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Answer is what a client got for a request. It is comparable; the zero value
// is success.
type Answer struct {
	// Code is the gRPC status, over gRPC.
	Code codes.Code
	// HTTP is the status, over HTTP, unless it is 200.
	HTTP int
	// Hint says that the sender was told when to try again, RetryAfter when that is.
	Hint       bool
	RetryAfter time.Duration
}

func (a Answer) String() string {
	text := a.Code.String()
	if a.HTTP != 0 {
		text = strconv.Itoa(a.HTTP)
	}
	if a.Hint {
		text += fmt.Sprintf(" (retry after %s)", a.RetryAfter)
	}
	return text
}

// DeadlineExceeded is what a client says whose own deadline passed first, over whichever transport.
var DeadlineExceeded = Answer{Code: codes.DeadlineExceeded}

// AnswerOf reads the answer from what Send returned. An error that is none, such
// as a refused connection over HTTP, is codes.Unknown.
func AnswerOf(err error) Answer {
	if err == nil {
		return Answer{}
	}
	if refused, ok := errors.AsType[*httpError](err); ok {
		return Answer{HTTP: refused.status, Hint: refused.hint, RetryAfter: refused.retryAfter}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return DeadlineExceeded
	}
	s, ok := status.FromError(err)
	if !ok {
		return Answer{Code: codes.Unknown}
	}
	delay, hint := retryDelayOf(s)
	return Answer{Code: s.Code(), Hint: hint, RetryAfter: delay}
}

// httpError is an answer over HTTP that is not 200.
type httpError struct {
	status     int
	hint       bool
	retryAfter time.Duration
	body       []byte
}

func (e *httpError) Error() string {
	return fmt.Sprintf("%d %s: %s", e.status, http.StatusText(e.status), e.body)
}

func newHTTPError(response *http.Response, body []byte) *httpError {
	e := &httpError{status: response.StatusCode, body: body}
	if text := response.Header.Get("Retry-After"); text != "" {
		seconds, err := strconv.Atoi(text)
		e.hint, e.retryAfter = err == nil, time.Duration(seconds)*time.Second
	}
	return e
}
