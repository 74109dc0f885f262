// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"math/bits"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/testdata"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
)

func firstProfile(pd pprofile.Profiles) pprofile.Profile {
	return pd.ResourceProfiles().At(0).ScopeProfiles().At(0).Profiles().At(0)
}

// TestProfilesThatCannotBeMerged are all damaged in one way. Merging any of
// them would fail half-way or change what it means.
func TestProfilesThatCannotBeMerged(t *testing.T) {
	for name, test := range map[string]struct {
		damage func(pprofile.Profiles)
		want   error
	}{
		"attribute key":        {func(pd pprofile.Profiles) { pd.Dictionary().AttributeTable().AppendEmpty().SetKeyStrindex(99) }, errIndex},
		"attribute unit":       {func(pd pprofile.Profiles) { pd.Dictionary().AttributeTable().AppendEmpty().SetUnitStrindex(99) }, errIndex},
		"function name":        {func(pd pprofile.Profiles) { pd.Dictionary().FunctionTable().AppendEmpty().SetNameStrindex(99) }, errIndex},
		"function system name": {func(pd pprofile.Profiles) { pd.Dictionary().FunctionTable().AppendEmpty().SetSystemNameStrindex(99) }, errIndex},
		"function file":        {func(pd pprofile.Profiles) { pd.Dictionary().FunctionTable().AppendEmpty().SetFilenameStrindex(99) }, errIndex},
		"mapping file":         {func(pd pprofile.Profiles) { pd.Dictionary().MappingTable().AppendEmpty().SetFilenameStrindex(99) }, errIndex},
		"mapping attribute":    {func(pd pprofile.Profiles) { pd.Dictionary().MappingTable().AppendEmpty().AttributeIndices().Append(99) }, errIndex},
		"location mapping":     {func(pd pprofile.Profiles) { pd.Dictionary().LocationTable().AppendEmpty().SetMappingIndex(99) }, errIndex},
		"location attribute": {func(pd pprofile.Profiles) {
			pd.Dictionary().LocationTable().AppendEmpty().AttributeIndices().Append(99)
		}, errIndex},
		"location function": {func(pd pprofile.Profiles) {
			pd.Dictionary().LocationTable().AppendEmpty().Lines().AppendEmpty().SetFunctionIndex(99)
		}, errIndex},
		"stack location":        {func(pd pprofile.Profiles) { pd.Dictionary().StackTable().AppendEmpty().LocationIndices().Append(-1) }, errIndex},
		"profile attribute":     {func(pd pprofile.Profiles) { firstProfile(pd).AttributeIndices().Append(-1) }, errIndex},
		"sample type":           {func(pd pprofile.Profiles) { firstProfile(pd).SampleType().SetTypeStrindex(-1) }, errIndex},
		"period unit":           {func(pd pprofile.Profiles) { firstProfile(pd).PeriodType().SetUnitStrindex(99) }, errIndex},
		"sample attribute":      {func(pd pprofile.Profiles) { firstProfile(pd).Samples().At(0).AttributeIndices().Append(99) }, errIndex},
		"sample link":           {func(pd pprofile.Profiles) { firstProfile(pd).Samples().At(0).SetLinkIndex(99) }, errIndex},
		"sample stack":          {func(pd pprofile.Profiles) { firstProfile(pd).Samples().At(0).SetStackIndex(99) }, errIndex},
		"first string":          {func(pd pprofile.Profiles) { pd.Dictionary().StringTable().SetAt(0, "x") }, errFirstEntry},
		"first attribute":       {func(pd pprofile.Profiles) { pd.Dictionary().AttributeTable().At(0).Value().SetInt(1) }, errFirstEntry},
		"first function":        {func(pd pprofile.Profiles) { pd.Dictionary().FunctionTable().At(0).SetStartLine(1) }, errFirstEntry},
		"first link":            {func(pd pprofile.Profiles) { pd.Dictionary().LinkTable().At(0).SetSpanID([8]byte{1}) }, errFirstEntry},
		"first location":        {func(pd pprofile.Profiles) { pd.Dictionary().LocationTable().At(0).SetAddress(1) }, errFirstEntry},
		"first mapping":         {func(pd pprofile.Profiles) { pd.Dictionary().MappingTable().At(0).SetMemoryStart(1) }, errFirstEntry},
		"first stack":           {func(pd pprofile.Profiles) { pd.Dictionary().StackTable().At(0).LocationIndices().Append(0) }, errFirstEntry},
		"negative string index": {func(pd pprofile.Profiles) { pd.Dictionary().FunctionTable().AppendEmpty().SetNameStrindex(-1) }, errIndex},
	} {
		t.Run(name, func(t *testing.T) {
			merger := Profiles{}.NewMerger(true)
			require.NoError(t, merger.Add(testdata.GenerateProfiles(3)))

			damaged := testdata.GenerateProfiles(2)
			test.damage(damaged)
			before := profileSubject.copy(damaged)
			require.ErrorIs(t, merger.Add(damaged), test.want)
			assert.True(t, pref.EqualProfiles(before, damaged), "it must be whole")
			assert.False(t, damaged.IsReadOnly())

			require.NoError(t, merger.Add(testdata.GenerateProfiles(4)), "the batch goes on")
			want := append(profileLines(testdata.GenerateProfiles(3)), profileLines(testdata.GenerateProfiles(4))...)
			got := profileLines(merger.Take())
			require.Len(t, got, len(want))
			for i := range want {
				assert.Equal(t, want[i].item, got[i].item)
			}
		})
	}
}

// TestMergeIntoEmptyDictionary makes sure that no entry takes the place of the
// one that means "not set".
func TestMergeIntoEmptyDictionary(t *testing.T) {
	bare := pprofile.NewProfiles()
	bare.ResourceProfiles().AppendEmpty().ScopeProfiles().AppendEmpty().Profiles().AppendEmpty().Samples().AppendEmpty()
	full := testdata.GenerateProfiles(1)
	want := append(plain(profileLines(bare)), plain(profileLines(full))...)

	merger := Profiles{}.NewMerger(false)
	require.NoError(t, merger.Add(bare))
	require.NoError(t, merger.Add(full))
	merged := merger.Take()
	assert.Equal(t, want, plain(profileLines(merged)))
	require.NoError(t, checkFirstEntries(merged.Dictionary()))
}

func TestMergedDictionaryHasNoDuplicates(t *testing.T) {
	merger := Profiles{}.NewMerger(true)
	for range 9 {
		require.NoError(t, merger.Add(testdata.GenerateProfiles(2)))
	}
	merged := merger.Take()
	one := testdata.GenerateProfiles(2).Dictionary()
	assert.Equal(t, 18, merged.SampleCount())
	assert.Equal(t, one.StringTable().Len(), merged.Dictionary().StringTable().Len())
	assert.Equal(t, one.AttributeTable().Len(), merged.Dictionary().AttributeTable().Len())
	assert.Equal(t, one.StackTable().Len(), merged.Dictionary().StackTable().Len())
	assert.Equal(t, 1, merged.ResourceProfiles().Len())
}

// TestProfilesAreMergedWithTheirLike makes sure that a large part is not merged
// anew with every request.
func TestProfilesAreMergedWithTheirLike(t *testing.T) {
	m := &profilesMerger{}
	for n := range uint(20) {
		assert.Len(t, m.parts, bits.OnesCount(n), "after %d requests", n)
		require.NoError(t, m.Add(testdata.GenerateProfiles(1)))
	}
	assert.Equal(t, 20, m.Take().SampleCount())
	assert.Empty(t, m.parts)
}
