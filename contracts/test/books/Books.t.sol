// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {HandlerTest} from "./HandlerTest.sol";
import {HandlerWorld} from "./HandlerWorld.sol";
import {Reader} from "../Reader.sol";

/// What holds whatever anybody does, at every moment. What cannot be seen afterwards the handler has
/// noted, by the number of the rule.
/// forge-config: default.invariant.fail-on-revert = true
contract BooksTest is HandlerTest {
    using Reader for IEscrow;

    /// All of them after every act of one mix; forge would run a mix of its own for each.
    function invariant_the_books_are_right() external view {
        rule_01_what_is_held_of_each_token_is_owed();
        rule_02_committed_is_the_sum_of_the_totals_and_within_the_budget();
        rule_03_claimed_is_the_sum_of_the_marked_leaves();
        rule_04_a_final_leaf_is_paid_once_and_in_full();
        rule_05_nothing_lessens_a_final_epoch();
        rule_06_committed_falls_only_by_a_veto();
        rule_07_a_closed_job_has_given_back_all_that_is_not_posted();
        rule_08_a_job_closes_in_its_time_and_for_ever();
        rule_09_money_reaches_only_those_it_is_for();
        rule_10_forced_epochs_stay_within_their_caps_and_go_only_by_a_veto();
        rule_11_a_signed_order_counts_once_and_as_it_was_signed();
        rule_12_no_job_touches_another_and_no_payee_stops_another();
        rule_13_the_bond_is_returned_or_pays_for_broken_promises();
        rule_14_half_the_bond_covers_what_is_final_at_once();
        rule_15_finality_never_moves_later();
        rule_16_only_settler_publisher_and_payee_speak_for_themselves();
        rule_17_one_poster_of_an_epoch_is_repaid_and_once();
        rule_18_a_quorum_has_its_weight_and_its_number();
        rule_19_a_day_has_its_cap();
    }

    function rule_01_what_is_held_of_each_token_is_owed() internal view {
        for (uint256 i = 0; i < 3; ++i) {
            address token = handler.tokens(i);
            uint256 owed = handler.owed(token) + handler.checkAccounts(token);
            assertEq(handler.balanceOf(token, address(escrow)), owed, "held and owed");
        }
    }

    function rule_02_committed_is_the_sum_of_the_totals_and_within_the_budget() internal view {
        unbroken(2);
        bytes32[] memory changed = handler.changed();
        for (uint256 i = 0; i < changed.length; ++i) {
            bytes32 jobId = changed[i];
            IEscrow.Job memory job = escrow.job(jobId);
            assertEq(job.committed, sumOf(jobId).total, "committed");
            uint256 reserve = handler.play(jobId).opening.terms.postReserve;
            assertTrue(uint256(job.committed) + reserve <= job.budget, "within the budget");
            assertTrue(job.repaid <= reserve, "posters are repaid out of the reserve");
        }
    }

    function rule_03_claimed_is_the_sum_of_the_marked_leaves() internal view {
        bytes32[] memory changed = handler.changed();
        for (uint256 i = 0; i < changed.length; ++i) {
            bytes32 jobId = changed[i];
            uint256[] memory numbers = handler.numbersOf(jobId);
            for (uint256 j = 0; j < numbers.length; ++j) {
                IEscrow.Epoch memory epoch = escrow.epoch(jobId, numbers[j]);
                IEscrow.Leaf[] memory leaves = handler.leavesOf(jobId, numbers[j]);
                uint256 claimed = 0;
                for (uint256 k = 0; k < leaves.length; ++k) {
                    if (escrow.isClaimed(jobId, numbers[j], leaves[k].index)) claimed += leaves[k].amount;
                }
                assertEq(epoch.claimed, claimed, "claimed");
                assertTrue(claimed <= epoch.total, "within the total");
            }
            assertEq(handler.play(jobId).paid, sumOf(jobId).claimed, "paid");
        }
    }

    function rule_04_a_final_leaf_is_paid_once_and_in_full() internal view {
        unbroken(4);
        assertTrue(!handler.hasReentered(), "nobody is let in while it is paid");
    }

    function rule_05_nothing_lessens_a_final_epoch() internal view {
        unbroken(5);
    }

    function rule_06_committed_falls_only_by_a_veto() internal view {
        unbroken(6);
    }

    function rule_07_a_closed_job_has_given_back_all_that_is_not_posted() internal view {
        bytes32[] memory changed = handler.changed();
        for (uint256 i = 0; i < changed.length; ++i) {
            bytes32 jobId = changed[i];
            IEscrow.Job memory job = escrow.job(jobId);
            HandlerWorld.Play memory play = handler.play(jobId);
            uint256 out = play.returned + play.bounties + play.compensated + play.penalties;
            if (job.state == CLOSED) assertEq(out + job.committed, play.arrived, "out is in");
            else assertEq(play.returned, 0, "nothing is returned before");
        }
    }

    function rule_08_a_job_closes_in_its_time_and_for_ever() internal view {
        unbroken(8);
    }

    function rule_09_money_reaches_only_those_it_is_for() internal view {
        unbroken(9); // and rule 1 looks at what every account holds
    }

    function rule_10_forced_epochs_stay_within_their_caps_and_go_only_by_a_veto() internal view {
        unbroken(10);
        bytes32[] memory changed = handler.changed();
        for (uint256 i = 0; i < changed.length; ++i) {
            bytes32 jobId = changed[i];
            Sum memory sum = sumOf(jobId);
            assertEq(escrow.job(jobId).forced, sum.forced, "forced");
            assertTrue(sum.forced <= handler.play(jobId).opening.terms.forceCap, "within its cap");
            assertTrue(sum.forced * 4 <= sum.finals, "within a quarter of what is final");
        }
    }

    function rule_11_a_signed_order_counts_once_and_as_it_was_signed() internal view {
        unbroken(11);
    }

    function rule_12_no_job_touches_another_and_no_payee_stops_another() internal view {
        unbroken(12);
    }

    function rule_13_the_bond_is_returned_or_pays_for_broken_promises() internal view {
        unbroken(13);
        bytes32[] memory changed = handler.changed();
        for (uint256 i = 0; i < changed.length; ++i) {
            HandlerWorld.Play memory play = handler.play(changed[i]);
            uint256 left = escrow.job(changed[i]).bond;
            assertEq(left + play.compensated + play.penalties, play.opening.bond, "the bond");
        }
    }

    function rule_14_half_the_bond_covers_what_is_final_at_once() internal view {
        unbroken(14);
    }

    function rule_15_finality_never_moves_later() internal view {
        unbroken(15);
    }

    function rule_16_only_settler_publisher_and_payee_speak_for_themselves() internal view {
        unbroken(16);
    }

    function rule_17_one_poster_of_an_epoch_is_repaid_and_once() internal view {
        unbroken(17);
    }

    function rule_18_a_quorum_has_its_weight_and_its_number() internal view {
        unbroken(18);
    }

    function rule_19_a_day_has_its_cap() internal view {
        unbroken(19);
    }

    function afterInvariant() external {
        checkEnd();
    }
}
