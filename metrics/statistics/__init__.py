"""Pure estimators: arrays in, frozen dataclasses out.

What is where:

Shares, rates and answers
    intervals           wilson, garwood, byar, newcombe (difference of shares, method 10),
                        missing_bounds (non-response bounds), needed; Interval, Estimate;
                        wilson_each, garwood_each: of many
    rate_ratio          rate_ratio: exact conditional, with its central interval
    surveys             net_promoter_score (adjusted Wald), post_stratified

Time to an end
    survival            kaplan_meier (late entry, Greenwood, log-log, log and plain bands),
                        kaplan_meier_by_group, reverse_kaplan_meier (follow-up), quantile,
                        share_open (S at a day)
    restricted_mean     restricted_mean with its standard error
    logrank             logrank: k groups, strata, rho, late entry
    competing_risks     cumulative_incidence (Aalen-Johansen) with variance, incidence_at
    life_table          life_table: the actuarial estimate from bands
    cohorts             received_cohort, period_cohort (period estimates by late entry)
    backlog             open_counts, case_days, flow, open_ages, as of any day
    many_curves         kaplan_meier_each, quantile_each, share_open_each: of many groups
    risk_sets           what the estimates of time are made of
    steps               running sums and falls of many step functions

Change over time
    control_charts      p_chart (p, p'), u_chart (u, u', c), xmr
    rare_event_charts   t_chart, g_chart
    chart_rules         read_chart (the four rules), meaning_of, variation_icon, assurance_icon
    runs                runs_test (Anhøj)
    rebasing            rebased, read_segments: recorded and reasoned new limits
    before_after        change_of_shares, change_of_rates: at a recorded day
    chart_choice        choose_chart: by type and dispersion

Units beside each other
    comparison          binomial_tails, poisson_tails, outside, binomial_limits, poisson_limits
    funnel              funnel_of_shares, funnel_of_counts: all of it for a list of units
    overdispersion      share_scores, ratio_scores, overdispersion (phi, tau2), adjusted_limits
    multiplicity        benjamini_hochberg
    standardisation     stratum_rates, indirect_standardisation

What comes next, and how data behave
    forecast            predictive_range, next_quarter, same_quarter_last_year, seasonality
    completion          reporting_triangle, chain_ladder
    data_behaviour      heaping, backdating, missingness

Conventions. Shares are 0 to 1; time is in days, day 0 being the day of receipt; confidence is
0.95 unless given; every p value is two-sided unless its name or docstring says otherwise. A
single number that the data cannot give is None, an entry of an array NaN: 0 of 0 is neither 0
nor 1. What cannot be, such as more successes than trials, is a ValueError. The order of rows
never matters, apart from series in time order. Only numpy and scipy.special are imported.
"""
