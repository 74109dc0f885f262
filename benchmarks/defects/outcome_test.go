// SPDX-License-Identifier: Apache-2.0

package defects

// outcome is what a subject was observed to do in a scenario.
type outcome string

// The whole vocabulary. An outcome that can be counted or timed says so in its name.
const (
	swallowed outcome = "nothing"
	returned  outcome = "the error"

	beforeDelivery outcome = "returns before delivery"
	afterDelivery  outcome = "returns after delivery"

	oneAtATime   outcome = "80 ms, one at a time"
	eightAtATime outcome = "10 ms, all at a time"

	aboveByteLimit  outcome = "larger than 10,000 bytes"
	withinByteLimit outcome = "at most 10,000 bytes, nothing lost"

	oversizeDelivered outcome = "delivered, with the others"
	oversizeAlone     outcome = "delivered alone, counted in `otelcol_processor_partbuffer_oversize_items`"
	oversizeLost      outcome = "lost, counted nowhere"
	oversizeLostMore  outcome = "lost, as is what comes after it, counted nowhere"

	traceCut    outcome = "cut off"
	traceLinked outcome = "child of one, linked to several"

	metadataNone   outcome = "none"
	metadataListed outcome = "the listed keys"
	metadataVaries outcome = "everything where the request goes alone, none where it is merged"
	metadataLeaks  outcome = "everything where the request goes alone, the listed keys where it is merged"

	deadlineIgnored outcome = "waits for ever"
	deadlineHonored outcome = "returns at its deadline"

	panics  outcome = "panics"
	returns outcome = "returns"

	refused            outcome = "refused"
	takenThenHangs     outcome = "taken and never delivered, then hangs"
	takenUntilDeadline outcome = "taken and never delivered, then waits for the deadline"

	waitersDelivered outcome = "wait on, and are delivered"
	waitersRefused   outcome = "are refused at once"

	shutdownHangs   outcome = "hangs, with and without a deadline"
	shutdownBounded outcome = "ends at the deadline, or after 30 s without one"

	keepsAll  outcome = "all 100 live on"
	keepsNone outcome = "none lives on"

	refusedForGood outcome = "refused for good"
	refusedForNow  outcome = "refused until the first is delivered"
	bothDelivered  outcome = "both are delivered"
	deadlock       outcome = "deadlock, nothing is delivered any more"

	metadataLost outcome = "lost in the part that is split off"
	metadataKept outcome = "kept in both parts"

	processEnds outcome = "the process ends"
	survives    outcome = "costs the batch, counted as `panic`"

	uncounted         outcome = "counted nowhere"
	countedSendFailed outcome = "`otelcol_exporter_send_failed_spans`"
	countedDropped    outcome = "`otelcol_processor_partbuffer_dropped_items`"

	othersWait      outcome = "wait with it"
	othersDelivered outcome = "are delivered"
)
