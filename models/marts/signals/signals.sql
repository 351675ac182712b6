with

    signal_rows as (
        {{
            union_signals(
                [
                    "sig_behaviour_of_banned_account",
                    "sig_capability_sweep",
                    "sig_child_safety_corroborated",
                    "sig_coordinated_extraction",
                    "sig_debt_and_document_advice",
                    "sig_drift_from_peers",
                    "sig_even_rotation",
                    "sig_implausible_review_pace",
                    "sig_incomplete_notices",
                    "sig_intimacy_to_threat",
                    "sig_known_image_match",
                    "sig_linked_to_banned_accounts",
                    "sig_listed_images_in_cluster",
                    "sig_mcp_extraneous_calls",
                    "sig_multilingual_offers",
                    "sig_one_target_for_days",
                    "sig_payment_demand_to_minor",
                    "sig_reasoning_harvest",
                    "sig_recruitment_across_places",
                    "sig_release_pivot",
                    "sig_report_wave",
                    "sig_script_shared_by_linked_accounts",
                    "sig_sender_false_assertions",
                    "sig_sexualisation_after_refusals",
                    "sig_sign_up_after_nearby_ban",
                    "sig_support_needed",
                    "sig_target_brigaded",
                    "sig_templated_extraction",
                    "sig_threat_script_fills",
                    "sig_unreviewed_mcp_change",
                    "sig_upload_by_many",
                    "sig_wave_by_linked_accounts",
                ]
            )
        }}
    )

select
    signal_id,
    subject_type,
    subject_id,
    detected_at,
    window_starts_at,
    window_ends_at,
    strength::double as strength,
    evidence::json as evidence
from signal_rows
anti join
    {{ ref("signal_exceptions") }} as signal_exceptions
    on signal_rows.signal_id = signal_exceptions.signal_id
    and signal_rows.subject_type = signal_exceptions.subject_type
    and signal_rows.subject_id = signal_exceptions.subject_id
    and {{ valid_at("signal_rows.detected_at", "signal_exceptions") }}
order by
    signal_rows.signal_id,
    signal_rows.subject_type,
    signal_rows.subject_id,
    signal_rows.window_starts_at
