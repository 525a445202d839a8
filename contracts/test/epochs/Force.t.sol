// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {QuorumTest} from "./QuorumTest.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";

contract ForceTest is QuorumTest {
    using Reader for IEscrow;

    function test_three_payees_force_an_epoch_that_is_paid_after_its_delay() public {
        postWeights(0, equal(3, 3 ether));
        Forced memory forced = forcedOf(0, 0.7 ether);
        uint256 finalAt = START + 1 hours + 1 days;
        vm.expectEmit(address(escrow));
        emit EpochForced(jobId, FORCED, forced, finalAt);
        force(forced, 3);
        Epoch memory epoch = escrow.epoch(jobId, FORCED);
        assertEq(epoch.root, forced.root, "root");
        assertEq(epoch.total, 0.7 ether, "total");
        assertEq(epoch.finalAt, finalAt, "finalAt");
        Job memory job = escrow.job(jobId);
        assertEq(job.committed, 3.7 ether, "earmarked");
        assertEq(job.forced, 0.7 ether, "forced");
        assertEq(job.forcedEpochs, 1, "forcedEpochs");
        assertEq(job.epochs, 1, "the settler's own numbers are untouched");
        assertEq(job.forcedBy, finalAt, "forcedBy");

        vm.warp(finalAt - 1);
        expectRefusal(NotFinal.selector, FORCED, finalAt);
        escrow.claim(proven(jobId, FORCED, 0.7 ether));
        vm.warp(finalAt);
        escrow.claim(proven(jobId, FORCED, 0.7 ether));
        assertEq(payee(0).balance, 0.7 ether, "paid");
    }

    function test_quorums_of_any_size_are_counted_by_weight() public {
        uint256[3] memory sizes = [uint256(3), 8, 16];
        uint256[3] memory enough = [uint256(3), 6, 11]; // of equal payees, to be 67 % of them
        for (uint256 i = 0; i < 3; ++i) {
            postWeights(i, equal(sizes[i], 2.4 ether));
            Forced memory forced = forcedOf(i, 0.1 ether);
            Attestation[] memory few = attest(forced, enough[i] - 1);
            expectRefusal(NoQuorum.selector, 2.4 ether / sizes[i] * (enough[i] - 1), 2.4 ether);
            force(forced, few);
            force(forced, enough[i]);
            assertEq(escrow.epoch(jobId, FORCED | i).total, 0.1 ether, "forced");
        }
    }

    function test_nobody_counts_for_more_than_a_third() public {
        uint256[] memory amounts = new uint256[](5);
        (amounts[0], amounts[1], amounts[2]) = (7 ether, 0.5 ether, 0.5 ether);
        (amounts[3], amounts[4]) = (0.5 ether, 0.5 ether);
        postWeights(0, amounts);
        Forced memory forced = forcedOf(0, 0.1 ether);
        Attestation[] memory list = attest(forced, 5);
        // 34 % of nine, and the two of the others: not two thirds, although everybody has signed.
        expectRefusal(NoQuorum.selector, 3.06 ether + 2 ether, 9 ether);
        force(forced, list);
    }

    function test_a_weight_of_just_a_third_counts_whole() public {
        uint256[] memory amounts = new uint256[](3);
        (amounts[0], amounts[1], amounts[2]) = (3.4 ether, 3.3 ether, 3.3 ether);
        Opening memory opened = opening();
        (opened.salt, opened.budget) = ("large", 20 ether);
        (opened.terms.quorumBps, opened.terms.minSigners) = (6_700, 2);
        jobId = openJob(opened);
        postWeights(0, amounts);
        force(forcedOf(0, 0.1 ether), 2);
        assertEq(escrow.job(jobId).forced, 0.1 ether, "6.7 of 10");
    }

    function test_few_payees_are_no_quorum_whatever_they_hold() public {
        Opening memory opened = opening();
        (opened.salt, opened.terms.minSigners) = ("four", 4);
        jobId = openJob(opened);
        postWeights(0, equal(3, 3 ether));
        Forced memory forced = forcedOf(0, 0.1 ether);
        Attestation[] memory list = attest(forced, 3);
        expectRefusal(NoQuorum.selector, 3 ether, 3 ether);
        force(forced, list);
    }

    function test_nobody_is_no_quorum_even_where_none_is_asked() public {
        Opening memory opened = opening();
        (opened.salt, opened.terms.minSigners, opened.terms.quorumBps) = ("none", 0, 0);
        jobId = openJob(opened);
        postWeights(0, equal(3, 3 ether));
        expectRefusal(NoQuorum.selector, 0, 3 ether);
        force(forcedOf(0, 0.1 ether), 0);
    }

    function test_payees_sign_in_order_and_once_each() public {
        postWeights(0, equal(4, 3.2 ether));
        Forced memory forced = forcedOf(0, 0.1 ether);
        Attestation[] memory list = attest(forced, 4);
        (list[1], list[2]) = (list[2], list[1]);
        expectRefusal(OutOfOrder.selector, uint160(list[2].leaf.account), uint160(list[1].leaf.account));
        force(forced, list);
        list[1] = list[2];
        expectRefusal(OutOfOrder.selector, uint160(list[1].leaf.account), uint160(list[1].leaf.account));
        force(forced, list);
    }

    function test_each_signature_and_each_weight_is_checked() public {
        postWeights(0, equal(3, 3 ether));
        Forced memory forced = forcedOf(0, 0.1 ether);
        Attestation[] memory list = attest(forced, 3);
        forced.total += 1;
        expectRefusal(WrongSigner.selector, uint160(list[0].leaf.account), uint256(Signing.hash(forced)));
        force(forced, list);
        forced.total -= 1;
        list[2].leaf.amount += 1;
        vm.prank(stranger);
        (bool isForced, bytes memory reason) =
            address(escrow).call(abi.encodeCall(IEscrow.force, (openings[jobId], forced, list)));
        assertTrue(!isForced && bytes4(reason) == NotInTree.selector, "a weight is what the settler has signed");
    }

    function test_all_forced_epochs_together_stay_within_a_quarter_of_what_is_final() public {
        postWeights(0, equal(3, 3 ether));
        postWeights(1, equal(3, 1.2 ether));
        expectRefusal(OverForceCap.selector, 1.05 ether + 1, 1.05 ether);
        force(forcedOf(0, 1.05 ether + 1), 3);
        force(forcedOf(0, 0.8 ether), 3);
        expectRefusal(OverForceCap.selector, 1.05 ether + 1, 1.05 ether);
        force(forcedOf(1, 0.25 ether + 1), 3);
        force(forcedOf(1, 0.25 ether), 3);
        assertEq(escrow.job(jobId).forced, 1.05 ether, "a quarter of 4.2");
        expectRefusal(OverForceCap.selector, 1.05 ether + 1, 1.05 ether);
        force(forcedOf(2, 1), 3);
    }

    function test_a_pending_epoch_neither_counts_nor_weighs() public {
        postWeights(0, equal(3, 3 ether));
        Statement memory pending = statementOf(jobId, 4 ether);
        pending.epoch = 1;
        post(pending);
        expectRefusal(OverForceCap.selector, 0.75 ether + 1, 0.75 ether);
        force(forcedOf(0, 0.75 ether + 1), 3);
        force(forcedOf(0, 0.75 ether), 3);
    }

    function test_the_cap_of_the_terms_holds_too() public {
        Opening memory opened = opening();
        (opened.salt, opened.terms.forceCap) = ("cap", 0.3 ether);
        jobId = openJob(opened);
        postWeights(0, equal(3, 3 ether));
        expectRefusal(OverForceCap.selector, 0.3 ether + 1, 0.3 ether);
        force(forcedOf(0, 0.3 ether + 1), 3);
        force(forcedOf(0, 0.3 ether), 3);
    }

    function test_the_budget_covers_forced_epochs_too() public {
        postWeights(0, equal(3, 9.9 ether));
        expectRefusal(OverBudget.selector, 0.1 ether + 1, 0.1 ether);
        force(forcedOf(0, 0.1 ether + 1), 3);
        force(forcedOf(0, 0.1 ether), 3);
        Statement memory more = statementOf(jobId, 1);
        more.epoch = 1;
        expectRefusal(OverBudget.selector, 1, 0);
        post(more);
    }

    function test_forced_epochs_have_numbers_of_their_own_in_order() public {
        postWeights(0, equal(3, 3 ether));
        expectRefusal(WrongEpoch.selector, FORCED | 1, FORCED);
        force(forcedOf(1, 0.1 ether), 3);
        Forced memory forced = forcedOf(0, 0.1 ether);
        forced.epoch = 0;
        Attestation[] memory list = attest(forced, 3);
        expectRefusal(WrongEpoch.selector, 0, FORCED);
        force(forced, list);
        force(forcedOf(0, 0.1 ether), 3);
        expectRefusal(WrongEpoch.selector, FORCED, FORCED | 1);
        force(forcedOf(0, 0.1 ether), 3);
    }

    function test_nothing_is_forced_before_anything_is_final() public {
        Forced memory forced = forcedOf(0, 0);
        expectRefusal(NotFinal.selector, 0, 0);
        force(forced, new Attestation[](0));
        post(statementOf(jobId, 1 ether));
        expectRefusal(NotFinal.selector, 0, 0);
        force(forced, new Attestation[](0));
    }

    function test_nothing_is_forced_when_the_delay_of_the_close_is_over() public {
        postWeights(0, equal(3, 3 ether));
        vm.prank(publisher);
        escrow.beginClose(openings[jobId]);
        uint256 closeAt = START + 1 hours + 2 days;
        vm.warp(closeAt);
        expectRefusal(TooLate.selector, closeAt, closeAt);
        force(forcedOf(0, 0.1 ether), 3);
        vm.warp(closeAt - 1);
        force(forcedOf(0, 0.1 ether), 3);
        vm.warp(closeAt + 2 days - 2);
        expectRefusal(TooEarly.selector, closeAt + 2 days - 2, closeAt + 2 days - 1);
        escrow.close(openings[jobId]);
        vm.warp(closeAt + 2 days - 1);
        escrow.close(openings[jobId]);
        escrow.claim(proven(jobId, FORCED, 0.1 ether));
    }
}
